//! The attributes that MJML's elements have. Others are sent to nobody: what they were to change stays as it is.

/// Attributes of each element, next to those that all have.
const ATTRIBUTES: &[(&str, &[&[&str]])] = &[
    ("mj-accordion", &[PADDING, ICONS, &["border", "container-background-color", "font-family"]]),
    ("mj-accordion-element", &[ICONS, &["background-color", "border", "font-family"]]),
    ("mj-accordion-text", &[PADDING, TEXT, &["background-color", "letter-spacing"]]),
    ("mj-accordion-title", &[PADDING, TEXT, &["background-color"]]),
    ("mj-body", &[&["background-color", "id", "width"]]),
    ("mj-breakpoint", &[&["width"]]),
    (
        "mj-button",
        &[
            PADDING,
            BORDER,
            TEXT,
            LINK,
            &["align", "background-color", "container-background-color", "height", "inner-padding"],
            &["letter-spacing", "text-align", "text-decoration", "text-transform", "title"],
            &["vertical-align", "width"],
        ],
    ),
    (
        "mj-carousel",
        &[
            PADDING,
            &[
                "align",
                "border-radius",
                "container-background-color",
                "icon-width",
                "left-icon",
                "right-icon",
            ],
            &[
                "tb-border",
                "tb-border-radius",
                "tb-hover-border-color",
                "tb-selected-border-color",
                "tb-width",
            ],
            &["thumbnails"],
        ],
    ),
    (
        "mj-carousel-image",
        &[LINK, &["alt", "border-radius", "src", "tb-border", "tb-border-radius", "thumbnails-src", "title"]],
    ),
    (
        "mj-column",
        &[
            PADDING,
            BORDER,
            &[
                "background-color",
                "direction",
                "inner-background-color",
                "inner-border",
                "inner-border-bottom",
            ],
            &["inner-border-left", "inner-border-radius", "inner-border-right", "inner-border-top"],
            &["vertical-align", "width"],
        ],
    ),
    (
        "mj-divider",
        &[
            PADDING,
            &["align", "border-color", "border-style", "border-width", "container-background-color", "width"],
        ],
    ),
    ("mj-font", &[&["href", "name"]]),
    ("mj-group", &[&["background-color", "direction", "vertical-align", "width"]]),
    (
        "mj-hero",
        &[
            PADDING,
            &["background-color", "background-height", "background-position", "background-url"],
            &["background-width", "border-radius", "height", "inner-background-color", "inner-padding"],
            &["inner-padding-bottom", "inner-padding-left", "inner-padding-right", "inner-padding-top"],
            &["mode", "vertical-align"],
        ],
    ),
    ("mj-html-attribute", &[&["name"]]),
    (
        "mj-image",
        &[
            PADDING,
            BORDER,
            LINK,
            &["align", "alt", "container-background-color", "fluid-on-mobile", "font-size", "height"],
            &["max-height", "sizes", "src", "srcset", "title", "usemap", "width"],
        ],
    ),
    (
        "mj-navbar",
        &[
            PADDING,
            &["align", "base-url", "hamburger", "ico-align", "ico-close", "ico-color", "ico-font-family"],
            &["ico-font-size", "ico-line-height", "ico-open", "ico-padding", "ico-padding-bottom"],
            &["ico-padding-left", "ico-padding-right", "ico-padding-top", "ico-text-decoration"],
            &["ico-text-transform"],
        ],
    ),
    ("mj-navbar-link", &[PADDING, TEXT, LINK, &["letter-spacing", "text-decoration", "text-transform"]]),
    ("mj-raw", &[&["position"]]),
    ("mj-section", &[SECTION, PADDING, BORDER]),
    ("mj-selector", &[&["path"]]),
    (
        "mj-social",
        &[
            PADDING,
            TEXT,
            &[
                "align",
                "border",
                "border-radius",
                "container-background-color",
                "icon-height",
                "icon-padding",
            ],
            &["icon-size", "inner-padding", "mode", "table-layout", "text-decoration", "text-padding"],
            &["vertical-align"],
        ],
    ),
    (
        "mj-social-element",
        &[
            PADDING,
            TEXT,
            LINK,
            &["align", "alt", "background-color", "border", "border-radius", "icon-height", "icon-padding"],
            &["icon-position", "icon-size", "sizes", "src", "srcset", "text-decoration", "text-padding"],
            &["title", "vertical-align"],
        ],
    ),
    ("mj-spacer", &[PADDING, BORDER, &["container-background-color", "height"]]),
    ("mj-style", &[&["inline"]]),
    (
        "mj-table",
        &[
            PADDING,
            TEXT,
            &["align", "border", "cellpadding", "cellspacing", "container-background-color", "role"],
            &["table-layout", "vertical-align", "width"],
        ],
    ),
    (
        "mj-text",
        &[
            PADDING,
            TEXT,
            &["align", "background-color", "container-background-color", "height", "letter-spacing"],
            &["text-decoration", "text-transform", "vertical-align"],
        ],
    ),
    ("mj-wrapper", &[SECTION, PADDING, BORDER, &["gap"]]),
    ("mjml", &[&["dir", "lang", "owa"]]),
];

/// Those of every element.
const SHARED: &[&str] = &["css-class", "mj-class"];

const PADDING: &[&str] = &["padding", "padding-bottom", "padding-left", "padding-right", "padding-top"];

const BORDER: &[&str] =
    &["border", "border-bottom", "border-left", "border-radius", "border-right", "border-top"];

const TEXT: &[&str] = &["color", "font-family", "font-size", "font-style", "font-weight", "line-height"];

const LINK: &[&str] = &["href", "name", "rel", "target"];

const ICONS: &[&str] = &[
    "icon-align",
    "icon-height",
    "icon-position",
    "icon-unwrapped-alt",
    "icon-unwrapped-url",
    "icon-width",
    "icon-wrapped-alt",
    "icon-wrapped-url",
];

const SECTION: &[&str] = &[
    "background-color",
    "background-position",
    "background-position-x",
    "background-position-y",
    "background-repeat",
    "background-size",
    "background-url",
    "direction",
    "full-width",
    "gutter",
    "text-align",
    "text-padding",
];

/// The attributes of an element; none where any may stand.
pub(super) fn attributes(element: &str) -> Option<impl Iterator<Item = &'static str> + Clone> {
    let (_, groups) = ATTRIBUTES.iter().find(|(name, _)| *name == element)?;
    Some(groups.iter().copied().flatten().chain(SHARED).copied())
}
