package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Secrets in the data folder: files of one line that only their owner reads.

// instanceKey is the name of the file with the secret that signs cursors.
const instanceKey = "instance.key"

// secretBytes is how long a secret is at least.
const secretBytes = 32

// instanceSecret reads the instance's secret from the data folder, or makes one at the first start.
func instanceSecret(dir string) ([]byte, error) {
	name := filepath.Join(dir, instanceKey)
	line, err := readSecret(name)
	if errors.Is(err, fs.ErrNotExist) {
		secret := freshSecret()
		return secret, writeSecret(name, hex.EncodeToString(secret))
	}
	if err != nil {
		return nil, err
	}
	secret, err := hex.DecodeString(line)
	if err != nil || len(secret) < secretBytes {
		return nil, fmt.Errorf("%s does not hold %d bytes or more in hexadecimal: restore it, or remove it to have a new one made (pages that callers are turning then begin anew)",
			name, secretBytes)
	}
	return secret, nil
}

func freshSecret() []byte {
	secret := make([]byte, secretBytes)
	rand.Read(secret) // never fails since Go 1.24
	return secret
}

// readSecret reads a file of one line, unless others can read it too.
func readSecret(name string) (string, error) {
	about, err := os.Stat(name)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	if mode := about.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return "", fmt.Errorf("others can read %s (mode %04o): run chmod 600 %s, and remove it to have a new one made if somebody may have read it", name, mode, name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// writeSecret puts a line into a file, whole or not at all.
func writeSecret(name, line string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".secret-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	_, err = f.WriteString(line + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err == nil {
		return syncFolder(filepath.Dir(name))
	}
	return fmt.Errorf("write %s: %w", name, errors.Join(err, os.Remove(f.Name())))
}

// syncFolder makes the name of a file as lasting as its content.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be opened there
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync the data folder: %w", err)
	}
	return errors.Join(f.Sync(), f.Close())
}
