package browser

import (
	"context"
	"os/exec"
	"sync"
	"time"
)

// installTime bounds an installation, which is a large download.
const installTime = 10 * time.Minute

var installed struct {
	sync.Mutex
	by map[string]*installation
}

type installation struct {
	out []byte
	err error
}

// Install runs a script, e2e/install.sh, for one browser: "chromium", "firefox" or "webkit". It does so once in a process, one browser after the
// other, and the script waits for those of other processes: a browser may be found before all that it needs is there. Where it is there, that
// takes milliseconds. What the script printed and how it failed is returned each time; a browser may be there all the same.
func Install(script, name string) (out []byte, err error) {
	installed.Lock()
	defer installed.Unlock()
	i := installed.by[name]
	if i == nil {
		ctx, cancel := context.WithTimeout(context.Background(), installTime)
		defer cancel()
		i = new(installation)
		i.out, i.err = exec.CommandContext(ctx, script, name).CombinedOutput()
		if installed.by == nil {
			installed.by = map[string]*installation{}
		}
		installed.by[name] = i
	}
	return i.out, i.err
}
