import { defineElement } from './registration.js';

defineElement();

export { InferenceTriageElement } from './element.js';
export { TAG } from './registration.js';
