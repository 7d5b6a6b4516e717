//go:build tools

// Package tools pins the MinIO server, so that `go build github.com/minio/minio` in this folder is reproducible.
package tools

import _ "github.com/minio/minio"
