package postgis

import (
	"encoding/json"
	"slices"

	"jingwei/geo"
)

// secretNames are the names of members that hold secrets, or the hashes of secrets.
func secretNames() []string {
	return []string{"password", "secret", "hash", "phc", "csrf", "token", "link", "cookie"}
}

// checkSecrets refuses content with a member that is named as a secret, at any depth: that is a mistake of the program.
func checkSecrets(content json.RawMessage) error {
	if content == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(content, &v); err != nil {
		return geo.Invalid("", "the content is not JSON: %v", err)
	}
	return checkNames(v)
}

func checkNames(v any) error {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if slices.Contains(secretNames(), name) {
				return geo.Invalid("", "a secret must not enter the audit, and the member %q is named as one", name)
			}
			if err := checkNames(member); err != nil {
				return err
			}
		}
	case []any:
		for _, member := range v {
			if err := checkNames(member); err != nil {
				return err
			}
		}
	}
	return nil
}
