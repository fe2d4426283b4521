//! How large the view is drawn.

use crate::catalogue::list::closed_list;

closed_list! {
    /// From how far the view is read.
    TextSize {
        /// On a desk.
        Normal = "normal",
        /// In a meeting room, half as large again.
        Large = "large",
        /// On a wall, two and a half times as large.
        Wall = "wall",
    }
}

impl TextSize {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Normal => "Normal",
            Self::Large => "Large",
            Self::Wall => "Wall board",
        }
    }
}
