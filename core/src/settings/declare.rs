//! The form of the table.

/// Declares a part of the settings: its type, and for each of its settings a row.
///
/// A row is a field with its type and default, what it takes, its help, and its other words. From
/// it come the field, its documentation and its default, the reader and the check of its value, and
/// everything that is generated from [`super::table::described`]. `at` is the path of the part.
macro_rules! settings_part {
    (
        $(#[$about:meta])*
        $name:ident at $at:tt, $settings:ident, $words:ident;
        fields { $(
            $(#[$field_attribute:meta])* $field:ident: $field_type:ty = $field_default:expr;
        )* }
        rows { $(
            $(#[$attribute:meta])*
            $row:ident: $type:ty = $default:expr, $takes:expr, $help:tt, { $($more:tt)* }
        )* }
    ) => {
        $(#[$about])*
        pub struct $name {
            $( $(#[$field_attribute])* pub $field: $field_type, )*
            $( $(#[$attribute])* #[doc = $help] pub $row: $type, )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $field_default,)* $($row: $default,)* }
            }
        }

        const $settings: &[Setting] = &[$(
            Setting {
                path: settings_part!(@path $at $row),
                takes: $takes,
                read: |settings, reader| {
                    settings_part!(@place settings $at $row) = Value::read(reader)?;
                    Ok(())
                },
                check: |settings, setting| settings_part!(@place settings $at $row).check(setting),
            },
        )*];

        const $words: &[Words] = &[$( Words { help: $help, $($more)* ..Words::NONE }, )*];
    };
    (@path [] $row:ident) => { stringify!($row) };
    (@path [$part:ident] $row:ident) => { concat!(stringify!($part), ".", stringify!($row)) };
    (@place $settings:ident [] $row:ident) => { $settings.$row };
    (@place $settings:ident [$part:ident] $row:ident) => { $settings.$part.$row };
}

pub(super) use settings_part;
