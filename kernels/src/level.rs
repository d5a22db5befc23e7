//! Which vector instructions are used.

use std::sync::OnceLock;

use fearless_simd::Level;

static LEVEL: OnceLock<Level> = OnceLock::new();

/// The best that this processor has, unless it was limited.
pub(crate) fn level() -> Level {
    *LEVEL.get_or_init(Level::new)
}

/// Uses AVX2 and no more, so that a benchmark can tell what wider vectors give. It returns whether that holds: it must
/// be called before any other function, on a processor that has AVX2.
pub fn limit_to_avx2() -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        let avx2 = Level::new().as_avx2();
        avx2.is_some_and(|avx2| LEVEL.set(Level::Avx2(avx2)).is_ok())
    }
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
    {
        false
    }
}
