//! From records to numbers, and from numbers to text, pages and drawings.
