"""Random layers and small nets, ours beside all peers: scripts/bench --sweep."""
