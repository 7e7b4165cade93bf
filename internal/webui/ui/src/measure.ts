import type { Font } from "./model/diagram_layout";

let context: CanvasRenderingContext2D | null | undefined;
let fonts: Record<Font, string> | undefined;

/** The width of a text in the diagram. A canvas measures it without a layout. */
export function measureText(text: string, font: Font): number {
  context ??= document.createElement("canvas").getContext("2d");
  fonts ??= {
    title: `600 13px ${getComputedStyle(document.documentElement).getPropertyValue("--sans")}`,
    detail: `12px ${getComputedStyle(document.documentElement).getPropertyValue("--mono")}`,
  };
  // Without a canvas, wide enough for any font.
  if (!context) return text.length * 8;
  if (context.font !== fonts[font]) context.font = fonts[font];
  return context.measureText(text).width;
}
