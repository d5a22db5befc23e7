//! From a picture to joints: the pose model.
