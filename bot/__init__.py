"""All that runs inside Rasa 3.6: the server, the door, the components of understanding, and the tracker store."""
