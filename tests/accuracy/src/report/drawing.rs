//! A small SVG writer: rectangles, lines and text on a white sheet, so that the picture reads the
//! same in every theme.

/// Dark text.
pub const INK: &str = "#1f2430";

/// Pale lines and secondary text.
pub const PALE: &str = "#6b7280";

/// A picture under construction; lengths in pixels.
#[derive(Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    body: String,
}

/// Where a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Is centred there.
    Middle,
    /// Ends there.
    End,
}

impl Drawing {
    /// An empty sheet with a title for screen readers.
    pub fn new(width: f64, height: f64, title: &str) -> Self {
        let body = format!(
            "<title>{}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            escape(title)
        );
        Self { width, height, body }
    }

    /// A filled rectangle with a title that appears on hover.
    pub fn rectangle(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: &str,
        title: &str,
    ) {
        self.body.push_str(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\"><title>{}</title></rect>\n",
            length(x),
            length(y),
            length(width),
            length(height),
            escape(title)
        ));
    }

    /// A line.
    pub fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), stroke: &str, width: f64) {
        self.body.push_str(&format!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" stroke-width=\"{width}\"/>\n",
            length(x1),
            length(y1),
            length(x2),
            length(y2)
        ));
    }

    /// A dot with a title that appears on hover.
    pub fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, title: &str) {
        self.body.push_str(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"><title>{}</title></circle>\n",
            length(x),
            length(y),
            length(radius),
            escape(title)
        ));
    }

    /// A text of 12 pixels.
    pub fn text(&mut self, at: (f64, f64), anchor: Anchor, fill: &str, text: &str) {
        self.put_text(at, anchor, fill, text, "");
    }

    /// A text that climbs to the right.
    pub fn slanted(&mut self, (x, y): (f64, f64), fill: &str, text: &str) {
        let turn = format!(" transform=\"rotate(-50 {} {})\"", length(x), length(y));
        self.put_text((x, y), Anchor::Start, fill, text, &turn);
    }

    fn put_text(&mut self, (x, y): (f64, f64), anchor: Anchor, fill: &str, text: &str, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"{fill}\"{more}>{}</text>\n",
            length(x),
            length(y),
            escape(text)
        ));
    }

    /// The whole picture.
    pub fn finish(self) -> String {
        let (width, height) = (length(self.width), length(self.height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" role=\"img\">\n{}</svg>\n",
            self.body
        )
    }
}

/// At most one decimal: the same bytes for the same picture.
fn length(value: f64) -> String {
    let rounded = libm::round(value * 10.0) / 10.0;
    format!("{rounded}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_lengths_are_short() {
        let mut drawing = Drawing::new(100.0, 50.0, "a < b");
        drawing.dot((1.0 / 3.0, 2.0), 1.0, INK, "x & y");
        let svg = drawing.finish();
        assert!(
            svg.contains("<title>a &lt; b</title>")
                && svg.contains("x &amp; y")
                && svg.contains("cx=\"0.3\"")
        );
    }
}
