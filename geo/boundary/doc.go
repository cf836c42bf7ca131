// Package boundary reads files of boundaries of administrative divisions and tells when they stand in another coordinate
// system than their owner says.
package boundary
