// A model that a real engine serves on one core: a small Llama without weights, which the engine
// makes up itself (`--load-format dummy`), and a tokenizer in which a word is a token.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Words of the vocabulary. Small, so that the output layer costs no more than the others; large
 * enough that two random prompts share no block of the prefix cache.
 */
export const vocabularySize = 4096;

/** The longest context that the model's positions allow, tokens. */
export const longestContext = 8192;

const special = ['<unk>', '<s>', '</s>'];

/** The text of token `id`; ids below 3 are special and never part of a prompt. */
export const wordOf = (id) => (id < special.length ? special[id] : `w${id}`);

/** Ids of the words a prompt may hold. */
export const promptIds = [special.length, vocabularySize - 1];

/** About 44 million parameters: a step takes 5 to 7 ms on one core that nobody else uses. */
const config = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: vocabularySize,
  hidden_size: 768,
  intermediate_size: 2048,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  num_key_value_heads: 4,
  head_dim: 64,
  max_position_embeddings: longestContext,
  hidden_act: 'silu',
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  tie_word_embeddings: false,
  attention_bias: false,
  mlp_bias: false,
  bos_token_id: 1,
  eos_token_id: 2,
  torch_dtype: 'bfloat16',
};

/** Writes the model's files into `folder`, which is made when it is absent. */
export function writeTinyModel(folder) {
  mkdirSync(folder, { recursive: true });
  const vocabulary = Object.fromEntries(
    Array.from({ length: vocabularySize }, (_, id) => [wordOf(id), id]),
  );
  const files = {
    'config.json': config,
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [1, 2].map((id) => ({
        id,
        content: special[id],
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: null,
      pre_tokenizer: { type: 'WhitespaceSplit' },
      post_processor: null,
      decoder: null,
      model: { type: 'WordLevel', vocab: vocabulary, unk_token: special[0] },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      unk_token: special[0],
      bos_token: special[1],
      eos_token: special[2],
      model_max_length: longestContext,
      clean_up_tokenization_spaces: false,
    },
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(folder, name), JSON.stringify(content));
  }
}
