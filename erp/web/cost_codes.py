from flask import Blueprint
blueprint = Blueprint("cost_codes", __name__)
