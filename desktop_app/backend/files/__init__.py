"""Files of the platform: arriving in parts, kept in GridFS, shared by places, read in ranges."""
