// The state of the page, and everything that changes it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError, api, type Explained } from "./api";
import { type Case, type Pretend, composed, fixedLinkCase, isEdit, isEmpty, linkCase, runsByItself, targetOf } from "./model/case";
import { type Fix, type ServerFix, isRecording } from "./model/document";
import { decodeFragment, encodeFragment } from "./model/fragment";

/** A fix that was applied, kept so that it can be copied and taken back. */
export interface Applied { before: Shown; fix: Fix; server?: ServerFix | undefined }

export interface Shown extends Explained {
  /** The case that was asked. */
  asked: Case;
  applied?: Applied | undefined;
  /** A link said that a fix was applied, and there is none for its case. */
  withoutFix?: boolean;
  /** Counts the runs, so that the same trace plays anew. */
  run: number;
}

export interface Lab {
  /** What the form shows: what was understood, and what the person set. */
  form: Case;
  shown?: Shown;
  running: boolean;
  error?: ApiError;
  /** Whether the form came from a link that asks a real server, and has not run. */
  fromLink: boolean;
  /** Whether the form was changed after what is shown had run. */
  changed: boolean;
  edit: <K extends keyof Case>(key: K, value: Case[K]) => void;
  paste: (text: string) => void;
  /** Takes a case and runs it, where a person chose it. */
  open: (c: Case) => void;
  run: (consent?: Consent) => void;
  applyFix: () => void;
  takeBack: () => void;
  setServer: (server: Pretend | undefined) => void;
  clear: () => void;
  link: () => Promise<string>;
}

/** What a person agreed to, for one run. */
export interface Consent { send?: boolean; allowHost?: string | undefined }

interface State {
  form: Case;
  set: ReadonlySet<keyof Case>;
  shown: Shown | undefined;
  running: boolean;
  error: ApiError | undefined;
  fromLink: boolean;
  changed: boolean;
}

// Everything by name: what is not named would stay as it was.
const blank: State = { form: {}, set: new Set(), shown: undefined, running: false, error: undefined, fromLink: false, changed: false };

export function useLab(): Lab {
  const [state, setState] = useState<State>(blank);
  const latest = useRef(state);
  latest.current = state;
  const abort = useRef<AbortController | undefined>(undefined);
  const runs = useRef(0);
  // Hosts at private addresses that the person agreed to. They are kept until the page is closed.
  const allowed = useRef(new Set<string>());
  // What ran here, by its fragment: going back shows it again, and asks nobody.
  const seen = useRef(new Map<string, Shown>());

  const update = useCallback((change: Partial<State>) => {
    latest.current = { ...latest.current, ...change };
    setState(latest.current);
  }, []);

  const start = useCallback(async (c: Case, consent: Consent, history: "push" | "replace", applied?: Applied) => {
    abort.current?.abort();
    const control = new AbortController();
    abort.current = control;
    if (consent.allowHost) allowed.current.add(consent.allowHost);
    update({ running: true, error: undefined, fromLink: false });
    try {
      const result = await api.explain({
        case: c,
        ...(consent.send ? { send: true } : {}),
        ...(allowed.current.size > 0 && targetOf(c) === "real" ? { allowPrivate: [...allowed.current] } : {}),
      }, control.signal);
      if (control.signal.aborted) return;
      const shown = shownOf(result, c, ++runs.current, applied);
      update({ running: false, changed: false, shown, ...formOf(shown) });
      const fragment = await encodeFragment(linkOf(shown));
      keep(seen.current, fragment, shown);
      remember(fragment, history);
    } catch (e) {
      if (control.signal.aborted) return;
      update({ running: false, error: e instanceof ApiError ? e : new ApiError("internal", String(e)) });
    }
  }, [update]);

  const show = useCallback((shown: Shown) => {
    const again = { ...shown, run: ++runs.current };
    update({ ...blank, shown: again, ...formOf(again) });
  }, [update]);

  const load = useCallback((c: Case | undefined) => {
    abort.current?.abort();
    const before = seen.current.get(location.hash);
    if (before) return show(before);
    if (!c || isEmpty(c)) return update(blank);
    update({ ...blank, form: c, set: new Set(Object.keys(c) as (keyof Case)[]), fromLink: !runsByItself(c) });
    if (runsByItself(c)) void start(c, {}, "replace");
  }, [show, start, update]);

  useEffect(() => {
    const read = async () => {
      try {
        load(await decodeFragment(location.hash));
      } catch (e) {
        update({ error: new ApiError("link", e instanceof Error ? e.message : String(e), "Ask who sent it for a new one.") });
      }
    };
    void read();
    addEventListener("popstate", read);
    return () => removeEventListener("popstate", read);
  }, [load, update]);

  const edit = useCallback(<K extends keyof Case>(key: K, value: Case[K]) => {
    const { form, set } = latest.current;
    update({ form: { ...form, [key]: value }, set: new Set([...set, key]), changed: true, error: undefined });
  }, [update]);

  const paste = useCallback((text: string) => {
    const { form, set } = latest.current;
    const before = form.paste ?? "";
    if (before === "" && !latest.current.shown) {
      update({ form: { ...form, paste: text }, changed: true, error: undefined });
    } else if (isEdit(before, text)) {
      // What was understood is to be understood anew; what the person set stays.
      update({ form: composed({ ...form, paste: text }, set), changed: true, error: undefined });
    } else {
      // Another text: the page, the headers and the server of the one before say nothing about it.
      update({ form: { paste: text }, set: new Set(), changed: true, error: undefined });
    }
  }, [update]);

  return {
    ...state, edit, paste,
    open: useCallback((c: Case) => {
      update({ form: c, set: new Set(Object.keys(c) as (keyof Case)[]), changed: false });
      void start(c, {}, "push");
    }, [start, update]),
    run: useCallback((consent: Consent = {}) => {
      const { form, set } = latest.current;
      const c = composed(form, set);
      if (isEmpty(c)) {
        update({ error: new ApiError("input-missing", "There is nothing to explain yet.", "Paste a console error, or fill in page and URL.") });
        return;
      }
      void start(c, consent, "push");
    }, [start, update]),
    applyFix: useCallback(() => {
      const { shown } = latest.current;
      const fix = shown?.document.diagnosis.fix;
      if (shown?.fixed && fix) void start(shown.fixed, {}, "push", { before: shown, fix, server: shown.document.server });
    }, [start]),
    takeBack: useCallback(() => {
      const before = latest.current.shown?.applied?.before;
      if (!before) return;
      show(before);
      void encodeFragment(linkOf(before)).then((fragment) => {
        keep(seen.current, fragment, before);
        remember(fragment, "push");
      });
    }, [show]),
    setServer: useCallback((server: Pretend | undefined) => {
      const { form, set } = latest.current;
      const next = new Set(set);
      const { demo: _, ...rest } = form;
      const recorded = isRecording(latest.current.shown?.document.input);
      if (recorded) {
        // The answers are no longer those of the record: what was understood of it is the whole case.
        delete rest.paste;
        delete rest.entry;
        next.delete("paste");
        next.delete("entry");
      }
      next.delete("demo");
      next.add("server");
      // The demo's servers are named by the demo alone: without it, the form is the whole case.
      if (form.demo || recorded) for (const key of Object.keys(rest) as (keyof Case)[]) next.add(key);
      update({ form: { ...rest, server }, set: next, changed: true, error: undefined });
    }, [update]),
    clear: useCallback(() => {
      abort.current?.abort();
      update(blank);
      history.pushState(null, "", location.pathname);
    }, [update]),
    link: useCallback(async () => {
      const { form, set, shown, changed } = latest.current;
      const c = shown && !changed ? linkOf(shown) : linkCase(composed(form, set), form);
      return location.origin + location.pathname + (await encodeFragment(c));
    }, []),
  };
}

/** What an answer shows. One to a link with a fix brings what was there before it. */
function shownOf(result: Explained, c: Case, run: number, applied: Applied | undefined): Shown {
  const { before, ...rest } = result;
  const { fixed, ...asked } = c;
  if (!fixed) return { ...rest, asked: c, run, applied };
  const fix = before?.document.diagnosis.fix;
  if (!before || !fix) return { ...rest, asked, run, withoutFix: true };
  return { ...rest, asked: rest.case, run, applied: { before: { ...before, asked, run }, fix, server: before.document.server } };
}

/** The case that a link to what is shown carries. Of a fix that was applied it is the one before, so that the fault can be seen. */
function linkOf({ asked, case: understood, pretend, applied }: Shown): Case {
  if (!applied) return linkCase(asked, understood, pretend);
  const { before } = applied;
  return fixedLinkCase(before.asked, before.case, before.pretend, isRecording(before.document.input));
}

/** The form as it stands after a run. */
function formOf(shown: Shown): Pick<State, "form" | "set"> {
  return { form: { ...shown.case }, set: new Set(Object.keys(shown.asked) as (keyof Case)[]) };
}

/** Results that are kept; a HAR's can be large. */
const mostKept = 30;

function keep(seen: Map<string, Shown>, fragment: string, shown: Shown): void {
  seen.delete(fragment);
  seen.set(fragment, shown);
  if (seen.size > mostKept) seen.delete(seen.keys().next().value!);
}

function remember(fragment: string, how: "push" | "replace"): void {
  if (fragment === location.hash) return;
  if (how === "push") history.pushState(null, "", fragment);
  else history.replaceState(null, "", fragment);
}
