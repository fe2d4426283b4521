//! Closed lists: enums whose members have a stable id and a meaning.

/// What code over any closed list needs of it.
pub(crate) trait ClosedList: Copy + 'static {
    /// All members, in reading order.
    const MEMBERS: &'static [Self];
    /// Their ids, in the same order.
    const NAMES: &'static [&'static str];
}

/// Declares a closed list from one table: each member with its doc comment, which is the text of
/// the catalogues, and its id, which crosses the boundary.
///
/// A misspelt member does not compile, a TypeScript union is generated from the ids, and the order
/// of the table is the order of reading and of [`Ord`].
macro_rules! closed_list {
    (
        $(#[doc = $about:literal])+
        $name:ident { $( $(#[doc = $doc:literal])+ $variant:ident = $id:literal, )+ }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl $name {
            /// All members, in reading order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The ids of all members, in the same order.
            pub const IDS: &'static [&'static str] = &[$($id,)+];

            /// The stable id.
            pub const fn id(self) -> &'static str {
                Self::IDS[self as usize]
            }

            /// The member of that id.
            pub fn from_id(id: &str) -> Option<Self> {
                Self::IDS.iter().position(|known| *known == id).map(|index| Self::ALL[index])
            }

            /// What the member means, from its declaration.
            pub fn meaning(self) -> &'static str {
                const MEANINGS: &[&str] = &[$(concat!($($doc),+),)+];
                MEANINGS[self as usize].trim_ascii_start()
            }
        }

        impl $crate::catalogue::list::ClosedList for $name {
            const MEMBERS: &'static [Self] = Self::ALL;
            const NAMES: &'static [&'static str] = Self::IDS;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.id())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.id())
            }
        }

        #[cfg(test)]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let id = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::from_id(&id).ok_or_else(|| serde::de::Error::custom("not in the list"))
            }
        }

        #[cfg(feature = "typescript")]
        impl ts_rs::TS for $name {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                stringify!($name).to_owned()
            }

            fn inline(_: &ts_rs::Config) -> String {
                let quoted: Vec<String> = Self::IDS.iter().map(|id| format!("{id:?}")).collect();
                quoted.join(" | ")
            }

            fn decl(config: &ts_rs::Config) -> String {
                format!("type {} = {};", stringify!($name), <Self as ts_rs::TS>::inline(config))
            }

            fn docs() -> Option<String> {
                let text: String = [$($about),+].map(|line| format!(" *{line}\n")).concat();
                Some(format!("/**\n{text} */\n"))
            }

            fn output_path() -> Option<std::path::PathBuf> {
                Some(std::path::PathBuf::from(concat!(stringify!($name), ".ts")))
            }
        }
    };
}

pub(crate) use closed_list;
