package sqlite

var parts = map[string]part{"append until killed": appendUntilKilled, "hold": hold}
