//! Errors as JavaScript sees them: an `Error` with a stable `code` beside its message.

use inference_triage_core::error::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Error)]
    type CodedError;

    #[wasm_bindgen(constructor, js_class = "Error")]
    fn new(message: &str) -> CodedError;

    #[wasm_bindgen(method, setter, structural)]
    fn set_code(this: &CodedError, code: &str);
}

/// Keeps the code and the sentence of a core error.
pub(crate) fn from_core(error: &Error) -> JsValue {
    coded(error.code(), &error.to_string())
}

/// An option has a value that does not exist.
pub(crate) fn bad_settings(message: &str) -> JsValue {
    coded("bad-settings", message)
}

fn coded(code: &str, message: &str) -> JsValue {
    let error = CodedError::new(message);
    error.set_code(code);
    error.into()
}
