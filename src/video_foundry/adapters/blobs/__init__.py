"""Object stores: where bytes are kept under their digest. Nothing here knows what they mean."""
