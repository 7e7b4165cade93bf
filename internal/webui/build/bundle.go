package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// targets are the oldest browsers that the page is made for.
var targets = []api.Engine{
	{Name: api.EngineChrome, Version: "112"},
	{Name: api.EngineFirefox, Version: "117"},
	{Name: api.EngineSafari, Version: "16.5"},
}

// options are those of the page and of its tests.
func options(ui string, entries []api.EntryPoint) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir:       ui,
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Format:              api.FormatESModule,
		JSX:                 api.JSXAutomatic,
		JSXImportSource:     "preact",
		Charset:             api.CharsetUTF8,
		LegalComments:       api.LegalCommentsNone,
		Engines:             targets,
	}
}

// bundle makes the files of dist.
func bundle(ui string) (map[string][]byte, error) {
	o := options(ui, []api.EntryPoint{
		{InputPath: "src/main.tsx", OutputPath: "app"},
		{InputPath: "style/style.css", OutputPath: "style"},
	})
	o.Outdir = "dist" // nothing is written there: Write is off
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = true, true, true
	o.Define = map[string]string{"process.env.NODE_ENV": `"production"`}
	result := api.Build(o)
	if err := messages(result.Errors, result.Warnings); err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, f := range result.OutputFiles {
		files[filepath.Base(f.Path)] = f.Contents
	}
	for _, name := range []string{"index.html", "favicon.svg"} {
		b, err := os.ReadFile(filepath.Join(ui, name))
		if err != nil {
			return nil, err
		}
		files[name] = b
	}
	// The library's licence asks to go along with every copy.
	licence, err := os.ReadFile(filepath.Join(ui, "node_modules", "preact", "LICENSE"))
	if err != nil {
		return nil, err
	}
	files["preact-licence.txt"] = licence
	return files, nil
}

// runTests checks the types, and runs each ui/test/*.test.ts under Node's own test runner.
func runTests(ui string) error {
	if err := command(ui, filepath.Join(ui, "node_modules", ".bin", "tsc"), "--noEmit"); err != nil {
		return fmt.Errorf("tsc: %w", err)
	}
	tests, err := filepath.Glob(filepath.Join(ui, "test", "*.test.ts"))
	if err != nil {
		return err
	}
	if len(tests) == 0 {
		return errors.New("there are no tests in ui/test")
	}
	out, err := os.MkdirTemp("", "corscope-lab-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	var entries []api.EntryPoint
	for _, path := range tests {
		entries = append(entries, api.EntryPoint{InputPath: path, OutputPath: strings.TrimSuffix(filepath.Base(path), ".ts")})
	}
	o := options(ui, entries)
	o.Outdir, o.Write, o.Platform, o.Engines = out, true, api.PlatformNode, nil
	o.OutExtension = map[string]string{".js": ".mjs"}
	o.Sourcemap = api.SourceMapInline
	result := api.Build(o)
	if err := messages(result.Errors, result.Warnings); err != nil {
		return err
	}
	args := []string{"--enable-source-maps", "--test", "--test-reporter=spec"}
	for _, e := range entries {
		args = append(args, filepath.Join(out, e.OutputPath+".mjs"))
	}
	return command(ui, "node", args...)
}

func command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	return c.Run()
}

// messages makes one error of what the bundler says; a warning is one too.
func messages(groups ...[]api.Message) error {
	var all []api.Message
	for _, g := range groups {
		all = append(all, g...)
	}
	if len(all) == 0 {
		return nil
	}
	lines := api.FormatMessages(all, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	return errors.New("the bundler says:\n" + strings.Join(lines, ""))
}
