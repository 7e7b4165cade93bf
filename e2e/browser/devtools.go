package browser

import (
	"context"
	"encoding/base64"
	"fmt"
)

// Viewport is the size of the tab in CSS pixels, one device pixel each.
type Viewport struct{ Width, Height int }

// Resize gives the tab a size, without scrollbars.
func (c *Chromium) Resize(ctx context.Context, v Viewport) error {
	if err := c.call(ctx, "Emulation.setScrollbarsHidden", map[string]any{"hidden": true}, nil); err != nil {
		return err
	}
	return c.call(ctx, "Emulation.setDeviceMetricsOverride",
		map[string]any{"width": v.Width, "height": v.Height, "deviceScaleFactor": 1, "mobile": false}, nil)
}

// Media is what the tab's style sheets are told. An empty field is the browser's own.
type Media struct {
	// ColorScheme is "light" or "dark".
	ColorScheme string
	// ReducedMotion is "reduce" or "no-preference".
	ReducedMotion string
}

// Emulate tells the tab's media queries m.
func (c *Chromium) Emulate(ctx context.Context, m Media) error {
	return c.call(ctx, "Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": m.ColorScheme},
		{"name": "prefers-reduced-motion", "value": m.ReducedMotion},
	}}, nil)
}

// Focus has the tab behave as if its window had the focus, which a browser without a window needs for keys and clipboard.
func (c *Chromium) Focus(ctx context.Context) error {
	return c.call(ctx, "Emulation.setFocusEmulationEnabled", map[string]any{"enabled": true}, nil)
}

// AllowClipboard lets scripts of an origin read the clipboard, as the test does; writing needs no leave of a page that is in use.
func (c *Chromium) AllowClipboard(ctx context.Context, origin string) error {
	return c.call(ctx, "Browser.grantPermissions",
		map[string]any{"origin": origin, "permissions": []string{"clipboardReadWrite", "clipboardSanitizedWrite"}}, nil)
}

// GrantLocalNetwork lets pages of an origin reach this machine and the local network, as a person does who is asked for it. It holds until
// ResetPermissions.
func (c *Chromium) GrantLocalNetwork(ctx context.Context, origin string) error {
	return c.call(ctx, "Browser.grantPermissions",
		map[string]any{"origin": origin, "permissions": []string{"localNetworkAccess", "localNetwork", "loopbackNetwork"}}, nil)
}

// ResetPermissions takes back all that was granted.
func (c *Chromium) ResetPermissions(ctx context.Context) error {
	return c.call(ctx, "Browser.resetPermissions", nil, nil)
}

// BeforeScripts runs a script in every document that is opened from now on, before its own.
func (c *Chromium) BeforeScripts(ctx context.Context, script string) error {
	return c.call(ctx, "Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": script}, nil)
}

// Key is one of the keyboard, as JavaScript names it.
type Key string

// The keys that tests press.
const (
	Tab        Key = "Tab"
	Enter      Key = "Enter"
	Space      Key = " "
	Escape     Key = "Escape"
	ArrowRight Key = "ArrowRight"
	ArrowLeft  Key = "ArrowLeft"
	ArrowDown  Key = "ArrowDown"
	Home       Key = "Home"
	End        Key = "End"
	LetterV    Key = "v"
)

// keys has code, virtual key code and the text that a key writes.
var keys = map[Key]struct {
	code string
	vk   int
	text string
}{
	Tab: {"Tab", 9, ""}, Enter: {"Enter", 13, "\r"}, Space: {"Space", 32, " "}, Escape: {"Escape", 27, ""},
	ArrowRight: {"ArrowRight", 39, ""}, ArrowLeft: {"ArrowLeft", 37, ""}, ArrowDown: {"ArrowDown", 40, ""},
	Home: {"Home", 36, ""}, End: {"End", 35, ""}, LetterV: {"KeyV", 86, ""},
}

// Modifiers are the keys that are held while another is pressed.
type Modifiers int

// The modifiers, which can be added.
const (
	Ctrl  Modifiers = 2
	Shift Modifiers = 8
)

// Press presses a key and lets it go. Ctrl+V pastes, as it does in a window.
func (c *Chromium) Press(ctx context.Context, k Key, held Modifiers) error {
	key, ok := keys[k]
	if !ok {
		return fmt.Errorf("browser: there is no key %q", k)
	}
	event := map[string]any{"type": "rawKeyDown", "key": string(k), "code": key.code, "windowsVirtualKeyCode": key.vk, "modifiers": int(held)}
	if key.text != "" && held&Ctrl == 0 {
		event["type"], event["text"] = "keyDown", key.text
	}
	if k == LetterV && held == Ctrl {
		event["commands"] = []string{"paste"}
	}
	if err := c.call(ctx, "Input.dispatchKeyEvent", event, nil); err != nil {
		return err
	}
	up := map[string]any{"type": "keyUp", "key": string(k), "code": key.code, "windowsVirtualKeyCode": key.vk, "modifiers": int(held)}
	return c.call(ctx, "Input.dispatchKeyEvent", up, nil)
}

// Type writes text where the cursor is.
func (c *Chromium) Type(ctx context.Context, text string) error {
	return c.call(ctx, "Input.insertText", map[string]any{"text": text}, nil)
}

// Screenshot returns what the tab shows as a PNG; with whole also what has to be scrolled to.
func (c *Chromium) Screenshot(ctx context.Context, whole bool) ([]byte, error) {
	params := map[string]any{"format": "png", "optimizeForSpeed": true}
	if whole {
		var size struct {
			CSSContentSize struct{ Width, Height float64 }
		}
		if err := c.call(ctx, "Page.getLayoutMetrics", nil, &size); err != nil {
			return nil, err
		}
		params["captureBeyondViewport"] = true
		params["clip"] = map[string]any{"x": 0, "y": 0, "width": size.CSSContentSize.Width, "height": size.CSSContentSize.Height, "scale": 1}
	}
	var shot struct{ Data string }
	if err := c.call(ctx, "Page.captureScreenshot", params, &shot); err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(shot.Data)
}

// Metrics returns the counters of the tab's process: layouts, style recalculations and such, by the protocol's names.
func (c *Chromium) Metrics(ctx context.Context) (map[string]float64, error) {
	if err := c.call(ctx, "Performance.enable", nil, nil); err != nil {
		return nil, err
	}
	var result struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	if err := c.call(ctx, "Performance.getMetrics", nil, &result); err != nil {
		return nil, err
	}
	metrics := make(map[string]float64)
	for _, m := range result.Metrics {
		metrics[m.Name] = m.Value
	}
	return metrics, nil
}
