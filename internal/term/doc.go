// Package term writes text for people into a terminal or a pipe.
//
// [Escape] makes text of a stranger safe to print. [Style] colours text where the
// reader wants colours, [UseColour] finds out whether they do. [Width] and [Wrap]
// measure and break text by the columns that it takes up.
//
// The package knows no terminal: whoever calls it says whether there is one, and
// how wide it is.
package term
