# ruff: noqa: E501 - headers stand as the portals write them
"""The raw headers of open-data portals are mapped without a setting."""

import pandas as pd
import pytest

from patrolplan.io.readers.personal import personal_columns
from patrolplan.io.table_columns import guess_columns
from patrolplan.io.tables import read_offences

PORTALS = {
    "data.police.uk": (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context",
        {"Month": "2018-01", "Longitude": "-0.106453", "Latitude": "51.518207", "Location": "On or near Charterhouse Street",
         "Crime type": "Other theft", "Reported by": "City of London Police", "Falls within": "City of London Police", "Crime ID": "fb5980f681cc"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "Crime type", "start": "Month", "street": "Location"},
        "Europe/London", "month 2018-01-01 00:00",
    ),
    "Philadelphia": (
        "the_geom,cartodb_id,objectid,dc_dist,psa,dispatch_date_time,dispatch_date,dispatch_time,hour,dc_key,location_block,ucr_general,text_general_code,point_x,point_y,lat,lng",
        {"cartodb_id": "1", "objectid": "116", "dc_dist": "22", "psa": "1", "dispatch_date_time": "2018-01-27 23:05:00+00", "dispatch_date": "2018-01-27",
         "dispatch_time": "18:05:00", "hour": "18", "dc_key": "201822006932", "location_block": "2000 BLOCK N GRATZ ST", "ucr_general": "600",
         "text_general_code": "Thefts", "point_x": "-75.16414825", "point_y": "39.98498086", "lat": "39.98498086", "lng": "-75.16414825"},
        {"kind": "text_general_code", "start": "dispatch_date", "time": "dispatch_time", "street": "location_block"},
        "America/New_York", "minute 2018-01-27 18:05",
    ),
    "Chicago": (
        "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location Description,Arrest,Domestic,Beat,District,Ward,Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,Longitude,Location",
        {"ID": "10224738", "Case Number": "HY411648", "Date": "09/15/2015 01:30:00 PM", "Block": "043XX S WOOD ST", "IUCR": "0486", "Primary Type": "BATTERY",
         "Description": "DOMESTIC BATTERY SIMPLE", "Location Description": "RESIDENCE", "X Coordinate": "1165074", "Y Coordinate": "1875917", "Year": "2015",
         "Updated On": "02/10/2018 03:50:01 PM", "Latitude": "41.815117282", "Longitude": "-87.669999562", "Location": "(41.815117282, -87.669999562)"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "Primary Type", "start": "Date", "street": "Block"},
        "America/Chicago", "minute 2015-09-15 13:30",
    ),
    "San Francisco": (
        "Incident Datetime,Incident Date,Incident Time,Incident Year,Incident Day of Week,Report Datetime,Row ID,Incident ID,Incident Number,CAD Number,Report Type Code,Report Type Description,Filed Online,Incident Code,Incident Category,Incident Subcategory,Incident Description,Resolution,Intersection,CNN,Police District,Analysis Neighborhood,Supervisor District,Supervisor District 2012,Latitude,Longitude,Point",
        {"Incident Datetime": "2023/03/13 11:41:00 PM", "Incident Date": "2023/03/13", "Incident Time": "23:41", "Incident Year": "2023", "Incident Day of Week": "Monday",
         "Report Datetime": "2023/03/14 11:41:00 PM", "Row ID": "125373607041", "Incident ID": "1253736", "Incident Number": "230167874", "Incident Code": "07041",
         "Incident Category": "Recovered Vehicle", "Incident Subcategory": "Recovered Vehicle", "Incident Description": "Vehicle, Recovered, Auto",
         "Intersection": "MISSION ST \\ 16TH ST", "Latitude": "37.765", "Longitude": "-122.4195", "Point": "POINT (-122.4195 37.765)"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "Incident Category", "start": "Incident Datetime", "street": "Intersection"},
        "America/Los_Angeles", "minute 2023-03-13 23:41",
    ),
    "New York": (
        "CMPLNT_NUM,ADDR_PCT_CD,BORO_NM,CMPLNT_FR_DT,CMPLNT_FR_TM,CMPLNT_TO_DT,CMPLNT_TO_TM,CRM_ATPT_CPTD_CD,HADEVELOPT,HOUSING_PSA,JURISDICTION_CODE,JURIS_DESC,KY_CD,LAW_CAT_CD,LOC_OF_OCCUR_DESC,OFNS_DESC,PARKS_NM,PATROL_BORO,PD_CD,PD_DESC,PREM_TYP_DESC,RPT_DT,STATION_NAME,SUSP_AGE_GROUP,SUSP_RACE,SUSP_SEX,TRANSIT_DISTRICT,VIC_AGE_GROUP,VIC_RACE,VIC_SEX,X_COORD_CD,Y_COORD_CD,Latitude,Longitude,Lat_Lon,New Georeferenced Column",
        {"CMPLNT_NUM": "261180182", "BORO_NM": "BRONX", "CMPLNT_FR_DT": "12/27/2022", "CMPLNT_FR_TM": "20:00:00", "CMPLNT_TO_DT": "12/28/2022", "CMPLNT_TO_TM": "07:30:00",
         "KY_CD": "341", "LAW_CAT_CD": "MISDEMEANOR", "OFNS_DESC": "PETIT LARCENY", "PD_DESC": "LARCENY,PETIT FROM AUTO", "PREM_TYP_DESC": "STREET", "RPT_DT": "12/28/2022",
         "SUSP_SEX": "M", "VIC_RACE": "BLACK", "X_COORD_CD": "1008670", "Y_COORD_CD": "237636", "Latitude": "40.818887", "Longitude": "-73.917052", "Lat_Lon": "(40.818887, -73.917052)"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "OFNS_DESC", "start": "CMPLNT_FR_DT", "time": "CMPLNT_FR_TM", "end": "CMPLNT_TO_DT", "end_time": "CMPLNT_TO_TM"},
        "America/New_York", "window 2022-12-27 20:00",
    ),
    "Atlanta (to 2020)": (
        "Report Number,Report Date,Occur Date,Occur Time,Possible Date,Possible Time,Beat,Apartment Office Prefix,Apartment Number,Location,Shift Occurence,Location Type,UCR Literal,UCR #,IBR Code,Neighborhood,NPU,Latitude,Longitude",
        {"Report Number": "090010930", "Report Date": "2009-01-01", "Occur Date": "2009-01-01", "Occur Time": "1145", "Possible Date": "2009-01-01", "Possible Time": "1148",
         "Beat": "411", "Location": "2841 GREENBRIAR PKWY", "UCR Literal": "LARCENY-NON VEHICLE", "UCR #": "0630", "Latitude": "33.68845", "Longitude": "-84.49328"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "UCR Literal", "start": "Occur Date", "time": "Occur Time", "end": "Possible Date", "end_time": "Possible Time", "street": "Location"},
        "America/New_York", "window 2009-01-01 11:45",
    ),
    "Atlanta (from 2021)": (
        "OBJECTID,IncidentNumber,FireArmInvolved,ReportDate,OccurredFromDate,OccurredToDate,NibrsUcrCode,NIBRS_Offense,StreetAddress,LocationType,Longitude,Latitude",
        {"OBJECTID": "1", "IncidentNumber": "210010001", "FireArmInvolved": "No", "ReportDate": "1/13/2021 5:10:00 PM", "OccurredFromDate": "1/13/2021 4:15:00 PM",
         "OccurredToDate": "1/13/2021 5:00:00 PM", "NibrsUcrCode": "23F", "NIBRS_Offense": "Theft From Motor Vehicle", "StreetAddress": "100 PEACHTREE ST", "LocationType": "street",
         "Longitude": "-84.39", "Latitude": "33.75"},
        {"lon": "Longitude", "lat": "Latitude", "kind": "NIBRS_Offense", "start": "OccurredFromDate", "end": "OccurredToDate", "street": "StreetAddress"},
        "America/New_York", "window 2021-01-13 16:15",
    ),
    "Vancouver": (
        "TYPE,YEAR,MONTH,DAY,HOUR,MINUTE,HUNDRED_BLOCK,NEIGHBOURHOOD,X,Y",
        {"TYPE": "Theft from Vehicle", "YEAR": "2019", "MONTH": "7", "DAY": "4", "HOUR": "8", "MINUTE": "5", "HUNDRED_BLOCK": "10XX ALBERNI ST", "NEIGHBOURHOOD": "West End",
         "X": "491036.3", "Y": "5459144.9"},
        {"lon": "X", "lat": "Y", "kind": "TYPE", "year": "YEAR", "month": "MONTH", "day": "DAY", "hour": "HOUR", "minute": "MINUTE", "street": "HUNDRED_BLOCK"},
        "America/Vancouver", "minute 2019-07-04 08:05",
    ),
}  # fmt: skip


def table(name):
    header, row, *_ = PORTALS[name]
    names = header.split(",")
    return pd.DataFrame([[row.get(column, "") for column in names]] * 3, columns=names)


@pytest.mark.parametrize("name", PORTALS)
def test_roles_are_found_by_name_and_contents(name):
    guess = guess_columns(table(name))
    expected = PORTALS[name][2]
    assert {role: guess.columns.get(role) for role in expected} == expected
    assert all(0.5 <= sure <= 1 for sure in guess.confidence.values())


@pytest.mark.parametrize("name", PORTALS)
def test_the_rows_are_read_as_the_portal_means_them(name, tmp_path):
    path = tmp_path / "portal.csv"
    table(name).to_csv(path, index=False)
    crs = "EPSG:32610" if name == "Vancouver" else None
    record = read_offences(path, timezone=PORTALS[name][3], crs=crs).records.iloc[0]
    assert f"{record['precision']} {record['start']:%Y-%m-%d %H:%M}" == PORTALS[name][4]
    bounds = table(name).iloc[0]
    if "Longitude" in bounds:
        assert record.geometry.x == pytest.approx(float(bounds["Longitude"]))
    if name == "Vancouver":
        assert (record.geometry.x, record.geometry.y) == pytest.approx((-123.12, 49.28), abs=0.01)


@pytest.mark.parametrize("name", ["New York", "Chicago", "San Francisco"])
def test_persons_traits_and_numbers_of_cases_are_left_behind(name):
    found = {column.column for column in personal_columns(table(name), table="offences")}
    wanted = {"New York": {"CMPLNT_NUM", "SUSP_RACE", "VIC_SEX"}, "Chicago": {"ID", "Case Number"}}
    assert wanted.get(name, {"Row ID", "Incident Number", "CAD Number"}) <= found
    assert not found & set(PORTALS[name][2].values())
