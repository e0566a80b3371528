package console

import (
	"net/http"
	"time"
)

// The one-time link leads to a page with a button: looking at a link spends nothing, pressing the button does.

type openView struct{ Link string }

func showOpen(r *request) (string, any, error) {
	return "Open the console", openView{r.URL.Query().Get("link")}, nil
}

func (c *Console) redeem(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	session, expires, err := c.keys.OpenConsole(r.Context(), r.PostFormValue("link"))
	if err != nil {
		c.fail(w, r, err, false)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: session, Path: root, Expires: expires.Time(), HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, root, http.StatusSeeOther)
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		if err := c.keys.CloseConsole(r.Context(), cookie.Value); err != nil {
			c.fail(w, r, err, true)
			return
		}
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: root, Expires: time.Unix(1, 0), MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, root, http.StatusSeeOther)
}
