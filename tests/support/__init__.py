"""What the contract and end-to-end tests share: a real server, a client for it, drawn rasters and assertions."""
