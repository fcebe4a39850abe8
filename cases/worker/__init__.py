"""Who works on a file, and handing it over: one file by its worker or head, all of somebody's when they leave."""
