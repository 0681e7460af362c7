// What each part of the form of an endpoint's settings is given.

import type { Editor } from "../state/editor.svelte";
import type { Form } from "../state/form";

export interface PartProps {
  form: Form;
  editor: Editor;
  /** What is wrong with a field, in words. */
  tell: (field: keyof Form) => string | null;
}
