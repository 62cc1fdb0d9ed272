from flask import Blueprint
blueprint = Blueprint("budgets", __name__)
