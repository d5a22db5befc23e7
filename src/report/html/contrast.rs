//! Whether the page can be read by those who see little contrast.

use std::collections::BTreeMap;

/// The colours that a part of the style sheet names.
fn colours(css: &str) -> BTreeMap<&str, f64> {
    css.split(';')
        .filter_map(|rule| rule.rsplit("--").next()?.split_once(": #"))
        .map(|(name, hex)| (name, luminance(hex)))
        .collect()
}

/// Relative luminance as WCAG 2.2 defines it.
fn luminance(hex: &str) -> f64 {
    let digits = hex.len() / 3;
    let part = |n: usize| {
        let digits = &hex[n * digits..(n + 1) * digits].repeat(3 - digits);
        let value = f64::from(u8::from_str_radix(digits, 16).unwrap()) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)
}

#[test]
fn words_and_drawings_stand_out_from_what_is_behind_them() {
    let css = include_str!("../report.css");
    let (light, rest) = css
        .split_once("@media (prefers-color-scheme: dark)")
        .unwrap();
    let (dark, print) = rest.split_once("@media print").unwrap();
    let light = colours(light);
    // AA asks 4.5 of words and 3 of what a drawing must show.
    let rows = [
        ("ink", "paper", 4.5),
        ("ink", "card", 4.5),
        ("muted", "paper", 4.5),
        ("muted", "card", 4.5),
        ("ink", "h0", 4.5),
        ("ink", "h1", 4.5),
        ("ink", "h2", 4.5),
        ("ink", "h3", 4.5),
        ("h4-ink", "h4", 4.5),
        ("upright", "paper", 3.0),
        ("slouched", "paper", 3.0),
        ("slouched", "band", 3.0),
        ("grey", "paper", 3.0),
    ];
    for theme in ["", dark, print] {
        let mut all = light.clone();
        all.extend(colours(theme));
        for (front, back, least) in rows {
            let (front_light, back_light) = (all[front], all[back]);
            let contrast =
                (front_light.max(back_light) + 0.05) / (front_light.min(back_light) + 0.05);
            assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
        }
    }
}
