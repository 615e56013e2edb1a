"""What the site needs besides Sphinx, MyST and Furo: text made of openapi.yaml and the cases, and Scalar's page."""
