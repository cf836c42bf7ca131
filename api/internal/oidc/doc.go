// Package oidc signs people in at OpenID providers (OpenID Connect Core 1.0): authorization code with PKCE (RFC 7636),
// state and nonce. It knows neither accounts nor HTTP servers: it says where to send a browser, what to keep in a cookie
// meanwhile, and who came back.
//
// Nothing is asked of a provider before somebody signs in, so that the server starts while a provider is down.
package oidc
