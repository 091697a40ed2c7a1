"""syncagent keeps HubSpot and Salesforce telling the same truth, through plans a person can read first."""

__version__ = "0.1.0"
