package lab

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// How far a picture may be from the one that was kept. Machines have other fonts, and another font breaks lines elsewhere: what is held
// is what stands where, and in which colours.
const (
	shrink     = 4    // the pictures that are kept are this much smaller than the page
	block      = 8    // pixels of such a picture that are compared as one
	mostApart  = 7.0  // of 255, on average
	mostTaller = 0.12 // of the height
)

// looksAsBefore compares what the page shows with testdata/NAME.png, or keeps it there.
func (p *page) looksAsBefore(name string, screen bool) {
	p.t.Helper()
	shot, small := p.shoot(screen)
	if dir := os.Getenv("CORSCOPE_SHOTS"); dir != "" {
		p.must(os.WriteFile(filepath.Join(dir, name+".png"), shot, 0o644))
	}
	file := filepath.Join("testdata", name+".png")
	if *updateFlag {
		p.must(os.MkdirAll("testdata", 0o755))
		p.must(keep(file, small))
		return
	}
	kept, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		p.t.Fatalf("%s is missing: look at the page, and run with -update", file)
	}
	p.must(err)
	before, err := png.Decode(bytes.NewReader(kept))
	p.must(err)
	why := apart(small, before)
	if why != "" {
		// A browser that is busy may not have drawn all of it.
		p.do(`await lab.frames(30)`)
		shot, small = p.shoot(screen)
		why = apart(small, before)
	}
	if why != "" {
		seen := filepath.Join(p.t.ArtifactDir(), name+".png")
		p.must(os.WriteFile(seen, shot, 0o644))
		p.t.Errorf("it does not look like %s: %s; look at %s (which -artifacts keeps), and run with -update if it is right", file, why, seen)
	}
}

// shoot returns what the page shows as a PNG, and made smaller.
func (p *page) shoot(screen bool) ([]byte, *image.RGBA) {
	p.t.Helper()
	shot, err := p.c.Screenshot(p.ctx, !screen)
	p.must(err)
	full, err := png.Decode(bytes.NewReader(shot))
	p.must(err)
	return shot, shrunk(full, shrink)
}

// apart says how two pictures differ by more than fonts would make them, or nothing.
func apart(a, b image.Image) string {
	if w, v := a.Bounds().Dx(), b.Bounds().Dx(); w != v {
		return fmt.Sprintf("it is %d wide, and not %d", w, v)
	}
	h, g := float64(a.Bounds().Dy()), float64(b.Bounds().Dy())
	if math.Abs(h-g) > mostTaller*g+block {
		return fmt.Sprintf("it is %.0f high, and not %.0f", h, g)
	}
	x, y := shrunk(a, block), shrunk(b, block)
	bounds := x.Bounds().Intersect(y.Bounds())
	sum, n := 0.0, 0
	for at := bounds.Min; at.Y < bounds.Max.Y; at.Y++ {
		for at.X = bounds.Min.X; at.X < bounds.Max.X; at.X++ {
			p, q := x.RGBAAt(at.X, at.Y), y.RGBAAt(at.X, at.Y)
			for _, d := range []float64{float64(p.R) - float64(q.R), float64(p.G) - float64(q.G), float64(p.B) - float64(q.B)} {
				sum += math.Abs(d)
				n++
			}
		}
	}
	if mean := sum / float64(max(1, n)); mean > mostApart {
		return fmt.Sprintf("its colours are %.1f of 255 apart", mean)
	}
	return ""
}

// shrunk averages squares of by×by pixels.
func shrunk(m image.Image, by int) *image.RGBA {
	in, ok := m.(*image.RGBA)
	if !ok {
		in = image.NewRGBA(m.Bounds())
		draw.Draw(in, in.Rect, m, in.Rect.Min, draw.Src)
	}
	out := image.NewRGBA(image.Rect(0, 0, in.Rect.Dx()/by, in.Rect.Dy()/by))
	n := by * by
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var r, g, b int
			for dy := range by {
				row := in.Pix[(y*by+dy)*in.Stride+x*by*4:]
				for dx := range by {
					r, g, b = r+int(row[dx*4]), g+int(row[dx*4+1]), b+int(row[dx*4+2])
				}
			}
			out.SetRGBA(x, y, color.RGBA{uint8(r / n), uint8(g / n), uint8(b / n), 255})
		}
	}
	return out
}

// keep writes a picture in few colours: those that are seen most, each the mean of what is close to it.
func keep(file string, m *image.RGBA) error {
	type shade struct{ r, g, b, n int }
	seen := make(map[[3]uint8]*shade)
	for i := 0; i < len(m.Pix); i += 4 {
		near := [3]uint8{m.Pix[i] >> 4, m.Pix[i+1] >> 4, m.Pix[i+2] >> 4}
		if seen[near] == nil {
			seen[near] = new(shade)
		}
		s := seen[near]
		s.r, s.g, s.b, s.n = s.r+int(m.Pix[i]), s.g+int(m.Pix[i+1]), s.b+int(m.Pix[i+2]), s.n+1
	}
	shades := slices.SortedFunc(maps.Values(seen), func(a, b *shade) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.r, b.r), cmp.Compare(a.g, b.g), cmp.Compare(a.b, b.b))
	})
	palette := color.Palette{}
	for _, s := range shades[:min(24, len(shades))] {
		palette = append(palette, color.RGBA{uint8(s.r / s.n), uint8(s.g / s.n), uint8(s.b / s.n), 255})
	}
	out := image.NewPaletted(m.Rect, palette)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			out.Set(x, y, m.RGBAAt(x, y))
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
