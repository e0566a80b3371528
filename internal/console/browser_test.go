package console

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browse starts a browser with nothing in it and opens the console in it.
func browse(d *desk) context.Context {
	d.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		d.Skip("!! chromium is MISSING (on Debian: apt-get install chromium): the tests that drive the console in a browser are SKIPPED")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true), chromedp.UserDataDir(d.TempDir()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	d.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	d.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the context that it is started with
		d.Fatal(err)
	}
	link, _, err := d.keys.ConsoleLink(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	steps(d, ctx, chromedp.Navigate(d.server.URL+"/console/open?link="+link), chromedp.Click("main button"), chromedp.WaitVisible("table"))
	return ctx
}

func steps(d *desk, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	d.Helper()
	ctx, done := context.WithTimeout(ctx, time.Minute) // a browser that hangs is said, and not waited for
	defer done()
	if err := chromedp.Do(ctx, actions...); err != nil {
		d.Fatal(err)
	}
}

func value[T any](d *desk, ctx context.Context, script string) T {
	d.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		d.Fatalf("%s: %v", script, err)
	}
	return v
}

// shoot keeps a picture of the page where -artifacts says, or in COMMONHOLD_SHOTS.
func shoot(d *desk, ctx context.Context, name string) {
	d.Helper()
	folder := os.Getenv("COMMONHOLD_SHOTS")
	if folder == "" {
		folder = d.ArtifactDir()
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600)
	}
	if err != nil {
		d.Fatal(err)
	}
}

var looks = []struct {
	name   string
	width  int64
	height int64
	scheme string
}{{"light", 1280, 900, "light"}, {"dark", 1280, 900, "dark"}, {"phone", 390, 844, "light"}}

func TestPagesInABrowser(t *testing.T) {
	d := newDesk(t)
	d.furnish(60)
	d.extend()
	ctx := browse(d)
	pages := map[string]string{"organizations": "/console/", "overview": "/console/acme/", "people": "/console/acme/people",
		"person": "/console/acme/people/" + string(d.people["Person Number 006"]), "teams": "/console/acme/teams", "accounts": "/console/acme/accounts", "auditor": "/console/acme/people/" + string(d.people["Person Number 004"]),
		"suspended": "/console/initech/", "closing": "/console/umbrella/", "custom": "/console/acme/access?person=number+002&project=web", "team": "/console/acme/teams/" + string(d.team),
		"projects": "/console/acme/projects", "project": "/console/acme/projects/" + string(d.project), "search": "/console/acme/search?find=number+00",
		"access": "/console/acme/access?person=olga&project=web", "denied": "/console/acme/access?person=number+005&project=web"}
	for _, look := range looks {
		for name, path := range pages {
			media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}}}
			steps(d, ctx, chromedp.EmulateViewport(look.width, look.height))
			if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
				t.Fatal(err)
			}
			steps(d, ctx, chromedp.Navigate(d.server.URL+path), chromedp.WaitVisible("h1"))
			if wide := value[float64](d, ctx, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
				t.Errorf("%s, %s: the page is %.0f pixels wider than the screen", name, look.name, wide)
			}
			if bare := value[[]string](d, ctx, unnamed); len(bare) > 0 {
				t.Errorf("%s: without a name for those who listen: %s", name, strings.Join(bare, "; "))
			}
			if faint := value[[]string](d, ctx, contrast); len(faint) > 0 {
				t.Errorf("%s, %s: too faint: %s", name, look.name, strings.Join(faint, "; "))
			}
			shoot(d, ctx, name+"-"+look.name)
		}
	}
}

// unnamed lists controls that a screen reader could not name.
const unnamed = `[...document.querySelectorAll("input:not([type=hidden]), select, button, a, nav, table")].filter(e => {
	const name = e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.caption?.textContent || e.textContent;
	return !name || !name.trim();
}).map(e => e.outerHTML.slice(0, 80))`

// contrast lists texts whose contrast is below 4.5 to 1 (WCAG 2.2, 1.4.3).
const contrast = `(() => {
	const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
	const rgb = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = ([r, g, b]) => [r, g, b].map(v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; })
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255]; };
	const seen = new Set();
	for (const e of document.querySelectorAll("main *, .side *, footer")) {
		if (!e.checkVisibility() || e.closest(".hidden, .later") || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
		const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
		const ratio = (a + 0.05) / (b + 0.05);
		if (ratio < 4.5) seen.add(e.tagName + "." + e.className + " " + ratio.toFixed(2));
	}
	return [...seen];
})()`

func TestKeyboardInABrowser(t *testing.T) {
	d := newDesk(t)
	d.furnish(20)
	ctx := browse(d)
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	steps(d, ctx, chromedp.Navigate(d.server.URL+"/console/acme/"), chromedp.WaitVisible("h1"), chromedp.KeyEvent("\t"))
	if first := value[string](d, ctx, "document.activeElement.textContent"); first != "Skip to content" {
		t.Errorf("the first stop of the keyboard is %q", first)
	}
	// The driver types a character even where the page says that the key is its own, so the key is told without one.
	value[bool](d, ctx, `document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}))`)
	steps(d, ctx, chromedp.KeyEvent("number 004"), chromedp.KeyEvent("\r"), chromedp.WaitVisible(`//h1[text()="Search"]`), chromedp.WaitVisible("main .plainlist a"))
	if found := value[string](d, ctx, `document.querySelector("main .plainlist a").textContent`); found != "Person Number 004" {
		t.Errorf("searching by keyboard found %q", found)
	}
}
