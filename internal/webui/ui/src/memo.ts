import { Component, type FunctionComponent, h } from "preact";

/** A component that renders again only when one of its props is another. */
export function memo<P extends object>(inner: FunctionComponent<P>): FunctionComponent<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as Record<string, unknown>;
      return Object.entries(next).some(([key, value]) => now[key] !== value);
    }
    override render() {
      return h(inner, this.props as P & { key?: never });
    }
  } as unknown as FunctionComponent<P>;
}
