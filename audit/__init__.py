"""The trail and the actor. This app knows nobody: it imports no other app of the project."""
