"""Seeded made-up portfolios as the files of core banking, consistent to the cent from day to day.

Each position's units and each account's cash follow exactly from the day before and the day's transactions, so a
correct P&L of these files has nothing unexplained. All amounts are integers inside: units, quotes and rates in the
decimals that `columns` names, money in cents.
"""
