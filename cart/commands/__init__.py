"""What the subcommands of `cart` do, a file each."""
