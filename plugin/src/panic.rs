//! What a panic said, told to JavaScript before the module traps.

use js_sys::{Function, JsString};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Has `listener` called with the message and the place of every panic. The trap follows at once, and the instance must
/// not be used after it; the listener must not call back into this module.
#[wasm_bindgen(js_name = onPanic)]
pub fn on_panic(listener: Function) {
    std::panic::set_hook(Box::new(move |panic| {
        // A listener that throws changes nothing: the trap follows in any case.
        let _ = listener.call1(&JsValue::UNDEFINED, &JsString::from(panic.to_string()));
    }));
}
