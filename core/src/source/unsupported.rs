//! Engines that are known by their metric names and cannot be read yet.

/// Beginnings of metric names and whose they are, also as a scraper that escapes colons writes
/// them. NIM has no prefix, so the one name that no other engine has stands for it.
const ENGINES: &[(&str, &str)] = &[
    ("sglang:", "SGLang"),
    ("sglang_", "SGLang"),
    ("trtllm_", "TensorRT-LLM"),
    ("trtllm:", "TensorRT-LLM"),
    ("nv_trt_llm_", "Triton with TensorRT-LLM"),
    ("nv_inference_", "Triton"),
    ("tgi_", "TGI"),
    ("lmdeploy:", "LMDeploy"),
    ("lmdeploy_", "LMDeploy"),
    ("llamacpp:", "llama.cpp"),
    ("llamacpp_", "llama.cpp"),
    ("dynamo_", "NVIDIA Dynamo"),
    ("num_request_max", "NVIDIA NIM"),
];

/// The engine that writes metrics of this name, and the beginning that tells it.
pub fn engine_of(name: &str) -> Option<(&'static str, &'static str)> {
    ENGINES
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map(|(start, engine)| (*engine, *start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_known_by_the_beginning_of_its_names() {
        // One name of each, as its documentation writes it.
        for (name, engine) in [
            ("sglang:token_usage", "SGLang"),
            ("sglang_num_queue_reqs", "SGLang"),
            ("trtllm_kv_cache_utilization", "TensorRT-LLM"),
            ("nv_trt_llm_request_metrics", "Triton with TensorRT-LLM"),
            ("nv_inference_queue_duration_us", "Triton"),
            ("tgi_request_duration_bucket", "TGI"),
            ("lmdeploy:num_requests_running", "LMDeploy"),
            ("llamacpp:requests_deferred", "llama.cpp"),
            ("dynamo_frontend_queued_requests", "NVIDIA Dynamo"),
            ("num_request_max", "NVIDIA NIM"),
        ] {
            assert_eq!(engine_of(name).map(|(engine, _)| engine), Some(engine), "{name}");
        }
        assert_eq!(engine_of("up"), None);
        assert_eq!(engine_of("go_goroutines"), None);
    }
}
