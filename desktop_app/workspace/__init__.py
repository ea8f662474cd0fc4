"""The local servers: mongod and the API server, supervised."""
