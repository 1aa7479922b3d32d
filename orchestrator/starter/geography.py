"""Where the shop's customers live, and what they are called there: plain data."""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    """A place people live in. ``weight`` is its share of customers, in any unit; ``postal`` a pattern of digits."""

    weight: float
    country: str
    state: str | None
    name: str
    postal: str
    latitude: float
    longitude: float
    zone: str
    language: str


CITIES = (
    City(9, "DE", None, "Hamburg", "20###", 53.55, 9.99, "Europe/Berlin", "de"),
    City(10, "DE", None, "Berlin", "10###", 52.52, 13.40, "Europe/Berlin", "de"),
    City(8, "DE", None, "München", "80###", 48.14, 11.58, "Europe/Berlin", "de"),
    City(6, "DE", None, "Köln", "50###", 50.94, 6.96, "Europe/Berlin", "de"),
    City(4, "DE", None, "Leipzig", "04###", 51.34, 12.37, "Europe/Berlin", "de"),
    City(4, "DE", None, "Freiburg", "79###", 47.99, 7.85, "Europe/Berlin", "de"),
    City(6, "AT", None, "Wien", "1##0", 48.21, 16.37, "Europe/Vienna", "de"),
    City(3, "AT", None, "Innsbruck", "60##", 47.27, 11.39, "Europe/Vienna", "de"),
    City(5, "CH", None, "Zürich", "80##", 47.38, 8.54, "Europe/Zurich", "de"),
    City(2, "CH", None, "Genève", "12##", 46.20, 6.14, "Europe/Zurich", "fr"),
    City(5, "NL", None, "Amsterdam", "10## AB", 52.37, 4.90, "Europe/Amsterdam", "nl"),
    City(3, "NL", None, "Utrecht", "35## CD", 52.09, 5.12, "Europe/Amsterdam", "nl"),
    City(4, "FR", None, "Lyon", "6900#", 45.76, 4.84, "Europe/Paris", "fr"),
    City(2, "FR", None, "Villeurbanne", "69100", 45.77, 4.88, "Europe/Paris", "fr"),
    City(4, "FR", None, "Paris", "750##", 48.86, 2.35, "Europe/Paris", "fr"),
    City(5, "GB", None, "London", "SW# #AA", 51.51, -0.13, "Europe/London", "en"),
    City(2, "GB", None, "Edinburgh", "EH# #AB", 55.95, -3.19, "Europe/London", "en"),
    City(3, "SE", None, "Stockholm", "11# ##", 59.33, 18.07, "Europe/Stockholm", "sv"),
    City(2, "SE", None, "Göteborg", "41# ##", 57.71, 11.97, "Europe/Stockholm", "sv"),
    City(3, "US", "NY", "New York", "100##", 40.71, -74.01, "America/New_York", "en"),
    City(2, "US", "MA", "Boston", "021##", 42.36, -71.06, "America/New_York", "en"),
    City(2, "US", "FL", "Miami", "331##", 25.76, -80.19, "America/New_York", "en"),
    City(2, "US", "CA", "Los Angeles", "900##", 34.05, -118.24, "America/Los_Angeles", "en"),
    City(1, "NZ", None, "Auckland", "10##", -36.85, 174.76, "Pacific/Auckland", "en"),
)

FIRST = {
    "de": "Anna Lea Mia Emma Hanna Lena Marie Clara Ida Frieda Jonas Lukas Felix Paul Max Emil Anton Jakob "
    "Karl Moritz Jürgen Ayşe Zoë Björn",
    "fr": "Camille Chloé Léa Manon Inès Louise Juliette Élodie Hugo Louis Gabriel Jules Arthur Noël François Jean-Luc",
    "nl": "Sanne Fenna Lotte Eva Anouk Maud Daan Sem Bram Thijs Ruben Joris Willemijn",
    "en": "Olivia Amelia Grace Ruby Nora Harriet Jack Oliver Leo George Noah Finn Siobhán Maya Aroha",
    "sv": "Alva Elsa Ebba Saga Astrid Maja Lucas Hugo Oskar Axel Nils Åke Märta",
}
LAST = {
    "de": "Müller Schmidt Weber Wagner Becker Hoffmann Koch Bauer Richter Klein Wolf Neumann Schwarz Yılmaz Groß",
    "fr": "Martin Bernard Dubois Laurent Lefèvre Moreau Girard Fontaine Mercier d'Arcy Le-Goff",
    "nl": "Jansen Visser Bakker Mulder Dekker Brouwer Smit Postma Kuipers Hendriks",
    "en": "Smith Jones Taylor Brown Walker Hughes O'Brien Clarke Kelly Nguyen MacLeod Te-Rangi",
    "sv": "Andersson Johansson Lindqvist Nyström Bergman Sjöberg Hedlund Åberg Öman",
}


def names(table: dict[str, str]) -> dict[str, list[str]]:
    """Give the names of one of the tables above as a list per language."""
    return {language: text.split() for language, text in table.items()}


CATEGORIES = ("hiking", "camping", "cycling", "garden", "kitchen", "living")
PRICE = {"hiking": 92.0, "camping": 118.0, "cycling": 84.0, "garden": 46.0, "kitchen": 52.0, "living": 64.0}
"""The middle of an order's value, in EUR."""

SEASON = {
    # January … December, 1.0 is an ordinary month
    "hiking": (0.7, 0.7, 0.9, 1.1, 1.2, 1.2, 1.1, 1.0, 1.1, 1.1, 1.4, 1.6),
    "camping": (0.5, 0.5, 0.8, 1.1, 1.5, 1.7, 1.6, 1.2, 0.9, 0.7, 0.9, 1.1),
    "cycling": (0.6, 0.6, 1.0, 1.4, 1.5, 1.4, 1.2, 1.0, 1.0, 0.8, 0.9, 1.1),
    "garden": (0.4, 0.5, 1.3, 1.8, 1.7, 1.3, 1.0, 0.9, 1.0, 0.8, 0.6, 0.8),
    "kitchen": (0.9, 0.8, 0.9, 0.9, 0.9, 0.8, 0.7, 0.8, 1.0, 1.1, 1.7, 2.2),
    "living": (0.9, 0.8, 0.9, 0.9, 0.8, 0.8, 0.7, 0.8, 1.0, 1.2, 1.7, 2.1),
}
MONTH = (0.75, 0.7, 0.9, 1.0, 1.05, 1.0, 0.9, 0.85, 0.95, 1.0, 1.7, 1.95)
"""How much goes on in the shop as a whole, January to December."""
