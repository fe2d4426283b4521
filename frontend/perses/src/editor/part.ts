import type { InferenceTriageOptions } from '../options.js';

/** What each part of the editor gets. */
export interface PartProps {
  options: InferenceTriageOptions;
  isReadonly: boolean;
  /** Replaces the named options; undefined takes one away. */
  change(changed: InferenceTriageOptions): void;
}
