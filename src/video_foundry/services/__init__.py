"""Use cases. One public function is one transaction; services do not call each other, and know
neither HTTP nor a terminal."""
