package oidc

import (
	"net/url"
	"strings"

	"jingwei/geo"
)

// MaxReturn is the longest path to return to, in bytes: it travels in a cookie.
const MaxReturn = 500

// CheckReturn refuses, as geo.ErrInvalid with the field return, what is not a path of this server, with query and
// fragment: a browser that signed in must never be sent elsewhere. Browsers take \ for / and drop tabs and line ends
// (URL standard §4.4), so neither may occur, nor anything else that is not printable ASCII.
func CheckReturn(path string) error {
	foreign := func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }
	u, err := url.Parse(path)
	if err != nil || len(path) > MaxReturn || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsFunc(path, foreign) || u.Scheme != "" || u.Host != "" || u.User != nil {
		return geo.Invalid("return", "a path of this server is needed, such as /console, of at most %d characters", MaxReturn)
	}
	return nil
}
