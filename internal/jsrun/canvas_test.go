package jsrun

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

const canvasHelpers = `const fails = (f) => { try { return typeof f() } catch (e) { return e.name + ": " + e.message } };
	const drawn = async (u, cors) => { const i = new Image(), c = document.createElement("canvas"), x = c.getContext("2d"); if (cors !== undefined) i.crossOrigin = cors; i.src = u; await ends(i); x.drawImage(i, 0, 0); return [c, x] };
	const read = (c) => fails(() => c.toDataURL());
`

func TestCanvases(t *testing.T) {
	const (
		plain    = "a cookie=c=1 mode=no-cors dest=image" + imageAccept
		byCORS   = "a origin=app.example.com mode=cors dest=image" + imageAccept
		exported = "SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported."
	)
	tests := []elementTest{
		{"a picture without CORS makes a canvas unreadable", `const [c, x] = await drawn(API + "a?as=png"); console.log([read(c), fails(() => c.toBlob(() => console.log("called"))), fails(() => x.getImageData(0, 0, 1, 1))].join("\n"))`,
			exported + "\nSecurityError: Failed to execute 'toBlob' on 'HTMLCanvasElement': Tainted canvases may not be exported.\n" +
				"SecurityError: Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The canvas has been tainted by cross-origin data.", plain},
		{"a picture by CORS does not", `const [c, x] = await drawn(API + "a?as=png&acao=*", ""); console.log(read(c), (await new Promise((f) => c.toBlob(f))).type, x.getImageData(0, 0, 4, -2).data.length)`, "string image/png 32", byCORS},
		{"nor one of the page's own origin", `const [c] = await drawn("/a?as=png"); console.log(read(c))`, "string", "own " + plain},
		{"a redirect to another origin counts", `const [c] = await drawn("/a?to=" + encodeURIComponent(API + "a?as=png")); console.log(read(c))`, exported, "own " + plain + "\n" + plain},
		{"and so does one back", `const [c] = await drawn(API + "a?to=" + encodeURIComponent("https://app.example.com/a?as=png")); console.log(read(c))`, exported, plain + "\nown " + plain},
		{"a data: URL is the page's own", `const [c] = await drawn("data:image/svg+xml,<svg width='4' height='2'/>"); console.log(read(c))`, "string", ""},
		{"an unreadable canvas makes others so", `const [c] = await drawn(API + "a?as=png"), d = document.createElement("canvas"); d.getContext("2d").drawImage(c, 0, 0); console.log(read(d))`, exported, plain},
		{"a pattern does when it is the style, and a film when it is drawn", `const v = document.createElement("video"), c = document.createElement("canvas"), x = c.getContext("2d"); x.drawImage(v, 0, 0); v.src = API + "a?as=wav&type=video/mp4"; await ends(v);
			const p = x.createPattern(v, null); console.log(read(c)); x.strokeStyle = p; console.log(x.strokeStyle === p, read(c))`, "string\ntrue " + exported, "a cookie=c=1 mode=no-cors dest=video"},
		{"nothing that a page paints over it helps", `const [c, x] = await drawn(API + "a?as=png"); x.clearRect(0, 0, 300, 150); x.reset(); c.width = 5; console.log(read(c))`, exported, plain},
		{"what is not there is not drawn, and what is broken throws", `const [c, x] = [document.createElement("canvas"), document.createElement("canvas").getContext("2d")]; x.drawImage(new Image(), 0, 0); console.log(read(x.canvas)); const i = new Image(); i.src = API + "a?as=html"; await ends(i); console.log(fails(() => x.drawImage(i, 0, 0)));
			c.width = 0; console.log(fails(() => x.drawImage(c, 0, 0)))`,
			"string\nInvalidStateError: Failed to execute 'drawImage' on 'CanvasRenderingContext2D': The HTMLImageElement provided is in the 'broken' state.\n" +
				"InvalidStateError: Failed to execute 'drawImage' on 'CanvasRenderingContext2D': The image argument is a canvas element with a width or height of 0.", plain},
		{"nothing of a picture is drawn, and so nothing counts", `const i = new Image(), c = document.createElement("canvas"), x = c.getContext("2d"); i.src = API + "a?as=png"; await ends(i); x.drawImage(i, 0, 0, 0, 5, 0, 0, 1, 1); x.drawImage(i, NaN, 0); console.log(read(c))`, "string", plain},
		{"what is no picture", `const x = document.createElement("canvas").getContext("2d"); for (const f of [() => x.drawImage({}, 0, 0), () => x.drawImage(x.canvas, 0), () => x.drawImage(x.canvas, 0, 0, 1), () => x.createPattern(x.canvas, "bogus"), () => x.getImageData(0, 0, 0, 1), () => x.createImageData(1e5, 1e5), () => x.putImageData({}, 0, 0), () => x.canvas.toBlob(1)]) console.log(fails(f).split(":")[0])`,
			"TypeError\nTypeError\nTypeError\nSyntaxError\nIndexSizeError\nRangeError\nTypeError\nTypeError", ""},
		{"no pixel, and too many", `const c = document.createElement("canvas"); c.width = 0; console.log(c.toDataURL(), await new Promise((f) => c.toBlob(f))); for (const [w, h] of [[65536, 1], [40000, 40000]]) { c.width = w; c.height = h; console.log(c.toDataURL()) }`, "data:, null\ndata:,\ndata:,", ""},
		{"width and height", `const c = document.createElement("canvas"), s = []; for (const v of ["5", "-5", "abc", "5000000000", "5.7", ""]) { c.setAttribute("width", v); s.push(c.width) } c.height = -3; console.log(s.join(), c.getAttribute("height"), c.height)`, "5,300,300,300,5,300 150 150", ""},
		{"what a context remembers", `const x = document.createElement("canvas").getContext("2d"); x.fillStyle = "red"; x.save(); x.fillStyle = x.createLinearGradient(0, 0, 1, 1); x.lineWidth = "x"; console.log(String(x.fillStyle), x.lineWidth); x.restore(); x.restore(); console.log(x.fillStyle, x.canvas.getContext("2d") === x, x.measureText("a").width); x.canvas.width = 9; console.log(x.fillStyle)`,
			"[object CanvasGradient] 1\nred true 0\n#000000", ""},
		{"an ImageData", `console.log(new ImageData(new Uint8ClampedArray(16), 2).height, new ImageData(2, 3).data.length, fails(() => new ImageData(0, 1)), fails(() => new ImageData(new Uint8ClampedArray(8), 3)).split(":")[0])`,
			"2 24 IndexSizeError: Failed to construct 'ImageData': The source width is zero or not a number. IndexSizeError", ""},
		{"the callback of toBlob is a task", `const c = document.createElement("canvas"); c.toBlob((b) => console.log(b.size > 60)); await null; console.log("first")`, "first\ntrue", ""},
		{"and its error the page's", `document.createElement("canvas").toBlob(() => { throw new Error("x") })`, "uncaught: Uncaught Error: x\n    at <anonymous> (test.js:9:64)", ""},
		{"no script makes a context", `console.log(fails(() => new CanvasRenderingContext2D()), fails(() => new CanvasPattern()))`, "TypeError: Illegal constructor TypeError: Illegal constructor", ""},
	}
	for i := range tests {
		tests[i].source = canvasHelpers + tests[i].source
	}
	runElements(t, fetch.PageConfig{}, tests)
}

func TestBrowsersWordsOnACanvas(t *testing.T) {
	const source = elementHelpers + canvasHelpers + `const [c] = await drawn(API + "a?as=png"); console.log(read(c)); read(c); c.width = 5; console.log(read(c))`
	for name, want := range map[string]struct {
		profile fetch.Profile
		printed string
	}{
		"Chromium names the method, and a canvas of a new size is a new one": {fetch.Chromium(), "SecurityError: Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.\nstring\n"},
		"Firefox does neither": {fetch.Firefox(), strings.Repeat("SecurityError: The operation is insecure.\n", 2)},
		"nor does WebKit":      {fetch.WebKit(), strings.Repeat("SecurityError: The operation is insecure.\n", 2)},
	} {
		t.Run(name, func(t *testing.T) {
			p := (&gallery{}).pageOf(t, fetch.PageConfig{}, want.profile)
			var stdout, stderr bytes.Buffer
			if err := Run(context.Background(), Config{Page: p, Stdout: &stdout, Stderr: &stderr}, source, "test.js"); err != nil {
				t.Fatal(err)
			}
			if stdout.String() != want.printed {
				t.Errorf("got %q, want %q", stdout.String(), want.printed)
			}
			if note := "corscope: the canvas holds https://api.example.com/a?as=png, which was loaded without CORS: "; strings.Count(stderr.String(), note) != 1 {
				t.Errorf("on stderr, where one line names the picture: %q", stderr.String())
			}
		})
	}
}

func TestTheFileOfACanvasIsAPicture(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {9, 2}, {300, 150}} {
		b, err := blankPNG(size[0], size[1])
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if got := picture.Bounds().Size(); got.X != size[0] || got.Y != size[1] {
			t.Errorf("%v: it is %v", size, got)
		}
		if r, g, b, a := picture.At(size[0]-1, size[1]-1).RGBA(); r+g+b+a != 0 {
			t.Errorf("%v: the last pixel is %s", size, fmt.Sprint(r, g, b, a))
		}
		if width, height, ok := pictureSize("", b); !ok || width != size[0] || height != size[1] {
			t.Errorf("%v: pictureSize says %d, %d, %v", size, width, height, ok)
		}
	}
}
